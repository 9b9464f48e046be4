#!/bin/sh
# npm run bench: set up what is missing, build, measure. Arguments go to bench/main.ts.
. "$(dirname "$0")/build.sh"
exec "$NODE" --disable-warning=ExperimentalWarning bench/main.ts "$@"
