/** Ends a check that cannot be made because something before it failed, which has a check of its own. */
export class Unseen extends Error {
  override readonly name = 'Unseen';
}

/** The routing policy cannot be followed; the check of the configuration says why. */
export class PolicyFault extends Unseen {
  readonly why: string;

  constructor(why: string) {
    super('The routing policy cannot be followed.');
    this.why = why;
  }
}
