#!/usr/bin/env bash
# Writes deploy/.env with new secrets: `deploy/write-env.sh sms.example.com [servers|single]`. It never overwrites one:
# with another SECRET_KEY no stored key could be read. Put OPENAI_API_KEY and other names of compose.yaml
# below them; every other setting (`make config`) goes to settings.env beside it.
set -euo pipefail
domain="${1:-}" kind="${2:-servers}"
file="${ENV_FILE:-$(dirname "$0")/.env}"
if ! [[ "$domain" =~ ^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$ ]] || [[ "$kind" != servers && "$kind" != single ]]; then
  echo "Use: $0 DOMAIN [servers|single]    DOMAIN is where the carrier and people reach it, e.g. sms.example.com" >&2
  exit 64
fi
[ ! -e "$file" ] || { echo "$file is there already and stays as it is." >&2; exit 1; }
random() { od -An -N32 -tx1 /dev/urandom | tr -d ' \n'; }
broker="$(random)" database="$(random)"
umask 077
{
  echo "COMPOSE_PROFILES=$kind"
  echo "PARLEY_DOMAIN=$domain"
  echo "# Keep a copy of these two elsewhere: without SECRET_KEY a backup cannot be read."
  echo "SECRET_KEY=$(random)"
  echo "ADMIN_TOKEN=$(random)"
  if [ "$kind" = servers ]; then
    echo "# Servers of your own: put their addresses here."
    echo "BROKER_URL=amqp://parley:$broker@rabbitmq:5672/"
    echo "DATABASE_URL=mongodb://parley:$database@mongodb:27017/?replicaSet=rs0&authSource=admin"
    echo "RABBITMQ_PASSWORD=$broker"
    echo "MONGODB_PASSWORD=$database"
    echo "MONGODB_ROOT_PASSWORD=$(random)"
    echo "MONGODB_SET_KEY=$(random)"
  fi
  echo "# The model: one of these two at least."
  echo "OPENAI_API_KEY="
  echo "OPENAI_BASE_URL="
} > "$file"
echo "Written: $file. Add OPENAI_API_KEY or OPENAI_BASE_URL there; then: docker compose up -d"
