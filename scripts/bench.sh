#!/bin/sh
# npm run bench: set up what is missing, build, measure. Arguments go to bench/main.ts.
. "$(dirname "$0")/setup.sh"
"$NODE" node_modules/rolldown/bin/cli.mjs -c rolldown.config.ts --log-level warn || exit 1
exec "$NODE" --disable-warning=ExperimentalWarning bench/main.ts "$@"
