#!/bin/sh
# npm run check: the types, by a compiler that must know Effect: it has to report the mistakes planted in test/types.
cd "$(dirname "$0")/.." || exit 1
PATH="$PWD/node_modules/.bin:$PATH"
tsc --noEmit || exit 1
found=$(tsc --noEmit -p test/types)
for rule in floatingEffect missingReturnYieldStar; do
  case $found in *"effect($rule)"*) ;; *)
    echo "the compiler does not know Effect ($rule is not reported): sh scripts/setup.sh patches it" >&2
    exit 1
  esac
done
