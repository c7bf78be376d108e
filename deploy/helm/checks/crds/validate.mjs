// Reads manifests as JSON lines and holds each against the schema of its custom resource. Prints what is wrong.
import { createInterface } from 'node:readline';
import * as keda from '@kubernetes-models/keda/keda.sh/v1alpha1';
import * as monitoring from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1';

const known = { 'keda.sh/v1alpha1': keda, 'monitoring.coreos.com/v1': monitoring };
for await (const line of createInterface({ input: process.stdin })) {
  const manifest = JSON.parse(line);
  const Model = known[manifest.apiVersion]?.[manifest.kind];
  const name = `${manifest.kind}/${manifest.metadata.name}`;
  if (!Model) console.log(`${name}: no schema of ${manifest.apiVersion} is known`);
  else {
    try {
      new Model(manifest).validate();
    } catch (error) {
      console.log(`${name}: ${error.message}`);
    }
  }
}
