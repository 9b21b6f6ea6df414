/** What is wrong with a file of paths or with what was asked of it, in words that say what to do. */
export class AttributeProblem extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'AttributeProblem'
  }
}
