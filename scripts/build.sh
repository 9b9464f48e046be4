#!/bin/sh
. "$(dirname "$0")/setup.sh"
exec "$NODE" node_modules/rolldown/bin/cli.mjs -c rolldown.config.ts --log-level warn
