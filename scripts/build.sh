#!/bin/sh
# npm run build: the bundles, into dist/. Sourced by what runs them.
. "$(dirname "$0")/setup.sh"
"$NODE" node_modules/rolldown/bin/cli.mjs -c rolldown.config.ts --log-level warn >/dev/null || exit 1
