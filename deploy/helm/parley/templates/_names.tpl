{{/* The release's own name, at most 40 characters, so that a service's name still fits behind it. */}}
{{- define "parley.name" -}}
{{- if contains "parley" .Release.Name }}{{ .Release.Name | trunc 40 | trimSuffix "-" }}{{ else }}{{ printf "%s-parley" .Release.Name | trunc 40 | trimSuffix "-" }}{{ end -}}
{{- end -}}

{{- define "parley.labels" -}}
app.kubernetes.io/part-of: parley
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end -}}

{{/* What selects the pods of one service: a list of the root and the service's name. */}}
{{- define "parley.selector" -}}
{{- $root := index . 0 -}}
app.kubernetes.io/part-of: parley
app.kubernetes.io/instance: {{ $root.Release.Name }}
app.kubernetes.io/component: {{ index . 1 }}
{{- end -}}

{{/* What selects the pods of all services of Parley, and not its servers. */}}
{{- define "parley.anyService" -}}
matchLabels:
  app.kubernetes.io/part-of: parley
  app.kubernetes.io/instance: {{ .Release.Name }}
matchExpressions:
  - {key: app.kubernetes.io/component, operator: In, values: {{ keys .Values.services | sortAlpha | toJson }}}
{{- end -}}

{{- define "parley.secret" -}}
{{- .Values.secrets.existing | default (include "parley.name" .) -}}
{{- end -}}

{{/* The address of the broker: where in which Secret. */}}
{{- define "parley.broker" -}}
{{- if eq .Values.rabbitmq.mode "operator" -}}
{name: {{ include "parley.name" . }}-rabbitmq-default-user, key: connection_string}
{{- else if eq .Values.rabbitmq.mode "bundled" -}}
{name: {{ include "parley.name" . }}-servers, key: BROKER_URL}
{{- else -}}
{name: {{ .Values.rabbitmq.existing.secret }}, key: {{ .Values.rabbitmq.existing.key }}}
{{- end -}}
{{- end -}}

{{- define "parley.database" -}}
{{- if eq .Values.mongodb.mode "operator" -}}
{name: {{ include "parley.name" . }}-mongodb-admin-parley, key: connectionString.standard}
{{- else if eq .Values.mongodb.mode "bundled" -}}
{name: {{ include "parley.name" . }}-servers, key: DATABASE_URL}
{{- else -}}
{name: {{ .Values.mongodb.existing.secret }}, key: {{ .Values.mongodb.existing.key }}}
{{- end -}}
{{- end -}}
