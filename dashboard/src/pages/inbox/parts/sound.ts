/** Two short tones, made by the browser itself: nothing is fetched. */
const TONES = [
  { hertz: 660, at: 0 },
  { hertz: 880, at: 0.12 },
];

export function ring(): void {
  try {
    const context = new AudioContext();
    for (const { hertz, at } of TONES) {
      const tone = context.createOscillator();
      const volume = context.createGain();
      const start = context.currentTime + at;
      tone.frequency.value = hertz;
      volume.gain.setValueAtTime(0.08, start);
      volume.gain.exponentialRampToValueAtTime(0.0001, start + 0.25);
      tone.connect(volume).connect(context.destination);
      tone.start(start);
      tone.stop(start + 0.3);
    }
    window.setTimeout(() => void context.close(), 1_000);
  } catch {
    // no sound without a first click on the page: browsers want that
  }
}
