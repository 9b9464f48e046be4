import { assert, describe, it } from "@effect/vitest"
import { explained } from "../../cli/view/Explained.ts"

const about = () =>
  ({
    session: { id: "1a2b3c4d", name: "ann" },
    provider: "claude",
    host: "h",
    state: "working",
    detail: "",
    since: Date.now() - 190_000,
    evidence: { source: "hook", by: "PromptSubmitted", at: Date.now() - 190_000 },
    heard: [
      { what: "PromptSubmitted", at: Date.now() - 190_000 },
      { what: "ToolStarted Bash", at: Date.now() - 12_000 }
    ],
    version: "2.1.330",
    rules: { recorded: "2.1.330", own: null },
    screen: { activity: "busy", detail: "", rule: "title-wheel", draft: true },
    stateFile: { activity: "busy", detail: "" },
    unseen: null,
    next: [
      { when: "its hook of the turn's end", state: "idle" },
      { when: "the end of its process", state: "crashed" }
    ]
  }) as never as Parameters<typeof explained>[0]

describe("sm explain", () => {
  it("says what decided, what was said, what shows now and what would change it", () => {
    assert.deepStrictEqual(explained(about()).split("\n"), [
      "ann (1a2b3c4d) is working, for 3m",
      "  decided by    hook PromptSubmitted, 3m ago",
      "  it said       ToolStarted Bash 12s ago, PromptSubmitted 3m ago",
      "  its screen    busy, by rule title-wheel, and words stand in its composer (claude 2.1.330)",
      "  its own file  busy",
      "  rules         written for 2.1.330",
      "  changes with  its hook of the turn's end: idle",
      "                the end of its process: crashed"
    ])
  })

  it("does not hide what is not known", () => {
    const text = explained({
      ...about(),
      evidence: null,
      heard: [],
      version: "3.0.0",
      rules: { recorded: "2.1.330", own: "/x/claude.yaml" },
      screen: null,
      stateFile: null,
      unseen: "it has no pane"
    })
    assert.include(text, "decided by    not known: it was stored before that was remembered")
    assert.include(text, "it said       nothing")
    assert.include(text, "its screen    cannot be looked at: it has no pane")
    assert.include(text, "rules         written for 2.1.330; this agent is 3.0.0; corrected by /x/claude.yaml")
  })
})
