/** The public package entry for plugin authors. */
export {
  type AgentAdapter,
  AgentError,
  defineAgent,
  type Launch,
  type LaunchRequest,
  type Observation,
  type Seat,
  type Signal
} from "../../agents/Agent.ts"
export type { Ask, Asking, Dialog } from "../../agents/Asking.ts"
export { type Door, DoorClosed, type Say, type Steering } from "../../agents/Door.ts"
export { Roster } from "../../agents/Roster.ts"
export type { Screen, Stroke } from "../../terminal/Terminal.ts"
export { defineConfig, type PluginsConfig } from "./defineConfig.ts"
export { type Capability, definePlugin, type Plugin } from "./definePlugin.ts"
export { answerHook, readAsk, readConversation, readHook } from "./hooks.ts"
export { type Hook, hookCommand, onPath } from "./launching.ts"
export { resetsAt } from "./resets.ts"
export { mentions, tail } from "./transcript.ts"
export { rulebook, type Rulebook } from "./screenRulebook.ts"
export { composing, type Row, rows } from "./screen.ts"
