#!/bin/sh
# npm test: set up what is missing, build, run every test. Arguments go to vitest.
. "$(dirname "$0")/build.sh"
exec "$NODE" --disable-warning=ExperimentalWarning node_modules/vitest/vitest.mjs run "$@"
