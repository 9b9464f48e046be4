#!/bin/sh
# Everything that must be there before anything runs: dependencies (with Node 24 among them) and tmux. Sourced.
cd "$(dirname "$0")/.." || exit 1
if [ ! -e node_modules/.package-lock.json ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
  echo "installing dependencies …"
  # Not `npm ci`: it refuses where a registry mirror lacks the optional packages of other platforms.
  npm install --no-audit --no-fund --loglevel=error || exit 1
  touch node_modules/.package-lock.json
fi
NODE=
for name in linux-x64 linux-arm64 darwin-x64 bin-darwin-arm64; do
  candidate="$PWD/node_modules/node-$name/bin/node"
  if [ -x "$candidate" ] && "$candidate" -e 0 2>/dev/null; then NODE=$candidate; break; fi
done
if [ -z "$NODE" ]; then
  NODE=$(command -v node)
  if ! "$NODE" -e 'process.exit(Number(process.versions.node.split(".")[0]) >= 24 ? 0 : 1)'; then
    echo "sm needs Node 24, and there is no package of it for this machine: install Node 24" >&2
    exit 3
  fi
fi
# The compiler learns Effect's rules, once. Only `npm run check` needs it (and says so), thus a failure is not fatal.
patched=
for file in node_modules/@typescript/typescript-*/lib/tsc.original; do if [ -e "$file" ]; then patched=yes; fi; done
if [ -z "$patched" ]; then
  "$NODE" node_modules/@effect/tsgo/dist/effect-tsgo.cjs patch --typescript >/dev/null ||
    echo "the compiler could not be patched with @effect/tsgo: npm run check will fail" >&2
fi
if ! command -v tmux >/dev/null 2>&1; then
  if command -v apt-get >/dev/null 2>&1; then how="apt-get install -y tmux"; else how="brew install tmux"; fi
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "tmux is missing; running as root, so installing it: $how"
    { apt-get -q update && DEBIAN_FRONTEND=noninteractive apt-get -q install -y tmux; } >/dev/null || exit 1
  else
    echo "sm needs tmux; install it with: sudo $how" >&2
    exit 3
  fi
fi
