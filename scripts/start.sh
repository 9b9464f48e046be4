#!/bin/sh
# npm start: set up what is missing, build, and run the daemon in the foreground.
. "$(dirname "$0")/build.sh"
exec "$NODE" dist/sm.cjs up "$@"
