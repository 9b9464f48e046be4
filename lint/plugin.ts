/** Our own lint rules as a plugin of oxlint. Which files are excepted, and why, stands in .oxlintrc.json. */
import { layers } from "./layers.ts"
import { noAmbient } from "./noAmbient.ts"
import { noDumpingGround } from "./noDumpingGround.ts"
import { noInlineSchemaCompile } from "./noInlineSchemaCompile.ts"
import { noRunEffect } from "./noRunEffect.ts"
import { noSwallowedError } from "./noSwallowedError.ts"
import { openingSentence } from "./openingSentence.ts"

export default {
  meta: { name: "sm" },
  rules: {
    layers,
    "no-ambient": noAmbient,
    "no-dumping-ground": noDumpingGround,
    "no-inline-schema-compile": noInlineSchemaCompile,
    "no-run-effect": noRunEffect,
    "no-swallowed-error": noSwallowedError,
    "opening-sentence": openingSentence
  }
}
