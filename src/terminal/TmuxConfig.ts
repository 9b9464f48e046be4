/** The configuration of our own tmux server. */

/**
 * Ours alone: the user's tmux configuration would change sizes, hooks and keys. The hook has no session of its own: what
 * tmux takes for the current one is some other, so it goes through all that nobody looks at.
 */
export const CONFIG = `set -g status on
set -g status-left ' #{@sm_title} '
set -g status-left-length 60
set -g status-right ' detach: C-] d '
set -g window-status-format ''
set -g window-status-current-format ''
set -g prefix C-]
unbind C-b
bind C-] send-prefix
set -g automatic-rename off
set -g history-limit 3000
set -g remain-on-exit on
set -g default-size 200x50
set -g window-size latest
set -g set-clipboard off
set -g escape-time 10
set -g focus-events on
set -g default-terminal tmux-256color
set -g update-environment ''
set-hook -g client-detached 'run-shell -C "#{S:#{?#{||:#{session_attached},#{==:#{window_width}x#{window_height},200x50}},,resize-window -x 200 -y 50 -t #{session_id}: ; set-option -w -t #{session_id}: window-size latest ; }}"'
`
