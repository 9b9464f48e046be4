#!/bin/sh
# npm test: set up what is missing, build, run every test. Arguments go to vitest.
. "$(dirname "$0")/setup.sh"
"$NODE" node_modules/rolldown/bin/cli.mjs -c rolldown.config.ts --log-level warn || exit 1
exec "$NODE" --disable-warning=ExperimentalWarning node_modules/vitest/vitest.mjs run "$@"
