import { Fragment } from 'react'

/** A key's name; addresses break after a slash, not in the middle of a word. */
export function KeyName({ name }: { name: string }) {
  return name.split(/(?<=\/)/).map((part, at) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: parts may repeat and are never reordered
    <Fragment key={at}>
      {at > 0 && <wbr />}
      {part}
    </Fragment>
  ))
}
