/** What `sm completion` prints: a few lines for each shell, which ask `sm complete` at every Tab. */

const word = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`

const bash = (sm: string): string => `# Completions of sm for bash: eval "$(sm completion bash)"
_sm_complete() {
  local line
  COMPREPLY=()
  while IFS= read -r line; do
    case $line in
      :files) compopt -o default 2>/dev/null ;;
      :directories) compopt -o dirnames 2>/dev/null ;;
      *) COMPREPLY+=("$line") ;;
    esac
  done < <(${sm} complete bash "\${COMP_WORDS[@]:0:COMP_CWORD+1}" 2>/dev/null)
}
complete -F _sm_complete sm
`

const zsh = (sm: string): string => `#compdef sm
# Completions of sm for zsh: eval "$(sm completion zsh)"
_sm() {
  local line
  local -a found
  while IFS= read -r line; do
    case $line in
      :files) _files; return ;;
      :directories) _files -/; return ;;
      *) found+=("\${line/$'\\t'/:}") ;;
    esac
  done < <(${sm} complete zsh "\${(@)words[1,CURRENT]}" 2>/dev/null)
  (( \${#found} )) && _describe -V sm found
}
if (( ! $+functions[compdef] )); then
  autoload -Uz compinit && compinit
fi
if [[ \${funcstack[1]} == _sm ]]; then _sm "$@"; else compdef _sm sm; fi
`

const fish = (sm: string): string => `# Completions of sm for fish: sm completion fish | source
function __sm_complete
  set -l current (commandline -ct)
  for line in (${sm} complete fish (commandline -opc) "$current" 2>/dev/null)
    switch $line
      case ':files'
        __fish_complete_path "$current"
      case ':directories'
        __fish_complete_directories "$current"
      case '*'
        echo $line
    end
  end
end
complete -c sm -f -a '(__sm_complete)'
`

/** By shell: the script for the command that runs `sm`, so that it works for aliases and without sm on the PATH. */
export const scripts: Readonly<Record<string, (sm: ReadonlyArray<string>) => string>> = {
  bash: (sm) => bash(sm.map(word).join(" ")),
  zsh: (sm) => zsh(sm.map(word).join(" ")),
  fish: (sm) => fish(sm.map(word).join(" "))
}
