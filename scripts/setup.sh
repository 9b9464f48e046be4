#!/bin/sh
# Everything that must be there before anything runs: tmux, the dependencies (Node 24 among them), the compiler's patch.
# Sourced by the other scripts; sets NODE. Exit code 3: something is missing that a person has to install.
cd "$(dirname "$0")/.." || exit 1

if ! command -v tmux >/dev/null 2>&1; then
  how=
  for manager in apt-get dnf pacman apk zypper brew; do
    command -v "$manager" >/dev/null 2>&1 || continue
    case $manager in
      pacman) how="pacman -S --noconfirm tmux" ;;
      apk) how="apk add tmux" ;;
      brew) how="brew install tmux" ;;
      *) how="$manager install -y tmux" ;;
    esac
    break
  done
  if [ -z "$how" ]; then
    echo "sm needs tmux: https://github.com/tmux/tmux/wiki/Installing" >&2
    exit 3
  elif [ "$manager" = brew ]; then
    echo "sm needs tmux; install it with: $how" >&2
    exit 3
  elif [ "$(id -u)" != 0 ]; then
    echo "sm needs tmux; install it with: sudo $how" >&2
    exit 3
  fi
  echo "tmux is missing; running as root, so installing it: $how"
  if [ "$manager" = apt-get ]; then apt-get -q update >/dev/null; fi
  if ! DEBIAN_FRONTEND=noninteractive $how >/dev/null; then
    echo "sm needs tmux, and this failed: $how" >&2
    exit 3
  fi
fi

if [ ! -e node_modules/.package-lock.json ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
  echo "installing dependencies …"
  # A home that cannot be written to has no place for npm's cache.
  cache=${npm_config_cache:-${HOME:-}/.npm}
  if ! { mkdir -p "$cache" && [ -w "$cache" ]; } 2>/dev/null; then export npm_config_cache="$PWD/.npm-cache"; fi
  # Not `npm ci`: it refuses where a registry mirror lacks the optional packages of other platforms.
  if ! npm install --no-audit --no-fund --no-update-notifier --loglevel=error; then
    echo "the dependencies could not be installed: npm said why" >&2
    exit 1
  fi
  rm -rf .npm-cache
  touch node_modules/.package-lock.json
fi

NODE=
for name in linux-x64 linux-arm64 darwin-x64 bin-darwin-arm64; do
  candidate="$PWD/node_modules/node-$name/bin/node"
  if [ -x "$candidate" ] && "$candidate" -e 0 2>/dev/null; then NODE=$candidate; break; fi
done
if [ -z "$NODE" ]; then
  NODE=$(command -v node)
  if ! "${NODE:-false}" -e 'process.exit(Number(process.versions.node.split(".")[0]) >= 24 ? 0 : 1)'; then
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
