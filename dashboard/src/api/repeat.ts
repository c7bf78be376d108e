/** The Idempotency-Key of what a form sends: the same as long as the same is sent again, so that a second click or a try
 * after a lost answer does not act twice. */
export class RepeatKey {
  private body = '';
  private key = '';

  of(body: unknown): string {
    const text = JSON.stringify(body);
    if (this.key === '' || this.body !== text) this.key = crypto.randomUUID();
    this.body = text;
    return this.key;
  }

  /** It was done: the same once more is meant. */
  done(): void {
    this.key = '';
  }
}
