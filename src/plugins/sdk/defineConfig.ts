/** `plugins.config.ts`: which plugins run, with what configuration. */
import type { Plugin } from "./definePlugin.ts"

export interface PluginsConfig {
  readonly plugins: ReadonlyArray<Plugin>
}

export const defineConfig = (config: PluginsConfig): PluginsConfig => config
