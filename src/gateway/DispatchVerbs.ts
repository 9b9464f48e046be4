/** `dispatch` and `roles`: jobs from templates. */
import { Effect } from "effect"
import { MAX_TEXT_BYTES } from "../domain/Message.ts"
import { type Input, type Output, Refusal } from "./Api.ts"
import { type Caller, find } from "./Caller.ts"
import { assign } from "./dispatch/Assign.ts"
import { type Em, expand, headline, parametersOf } from "./dispatch/Template.ts"
import { findRole, type Places, rolesFrom } from "./dispatch/TemplateFile.ts"

/** What a dry run shows a person at a shell in the place of an EM. */
const UNSET: Em = { id: "<unset>", name: "<unset>" }

export const dispatch = (input: Input<"dispatch">, caller: Caller, places: Places) =>
  Effect.gen(function* () {
    const { repo, role } = yield* findRole(places, input.cwd, input.role)
    const dry = input.dryRun === true
    const text = expand(role, repo, input.params, caller.card ?? (dry ? UNSET : undefined))
    if (text instanceof Refusal) return yield* text
    if (Buffer.byteLength(text) > MAX_TEXT_BYTES) {
      return yield* new Refusal({
        code: "invalid",
        message: `what ${role.name} is to be told is larger than ${MAX_TEXT_BYTES} bytes`,
        hint: "leave the long part in a file, and say where that is"
      })
    }
    const said = { text, source: role.source }
    if (dry) return { ...said, messageId: null, to: null, state: null, target: null } satisfies Output<"dispatch">
    const target = yield* find(input.to, caller)
    const sent = yield* assign({ target, role: role.name, task: headline(role, input.params), text }, input, caller)
    return { ...said, ...sent } satisfies Output<"dispatch">
  })

export const roles = (cwd: string, places: Places) =>
  Effect.map(rolesFrom(places, cwd), (found): Output<"roles"> =>
    [...found.values()].map((role) => ({
      role: role.name,
      required: role.required,
      optional: parametersOf(role).filter((name) => !role.required.includes(name)),
      source: role.source
    }))
  )
