#!/bin/sh
# npm start: set up what is missing, build, and run the daemon in the foreground.
. "$(dirname "$0")/setup.sh"
"$NODE" node_modules/rolldown/bin/cli.mjs -c rolldown.config.ts --log-level warn || exit 1
exec "$NODE" dist/sm.cjs up "$@"
