/** A file begins with a sentence that says what it is for: who looks for a place finds it, who adds to it sees whether it fits. */
import { rule } from "./Rule.ts"

export const openingSentence = rule((context) => ({
  Program: (node) => {
    const [, sentence = ""] = /^\/\*\*([\s\S]*?)\*\//u.exec(context.sourceCode.text) ?? []
    if (!/\w[\s\S]*[.:?!]/u.test(sentence))
      context.report({ node, message: "the file does not begin with a /** sentence */ that says what it is for" })
  }
}))
