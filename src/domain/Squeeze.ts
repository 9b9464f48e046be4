/** What is compared when a text is looked for in what an agent shows or reports. */

/**
 * Agents trim, unwrap and re-wrap what is pasted, and some drop what nobody sees: a zero-width space, a soft hyphen. So only
 * what can be seen counts.
 */
export const squeeze = (text: string): string =>
  text.normalize("NFC").replaceAll(/[\s\p{C}\p{Default_Ignorable_Code_Point}]+/gu, "")
