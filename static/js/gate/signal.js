/* Three answers that can be told apart with closed eyes: one high tone, two middle tones, one long low tone. */
const TONES = { yes: [[1320, 0, 0.14]], ask: [[660, 0, 0.14], [660, 0.22, 0.14]], no: [[196, 0, 0.6]] };
const SHAKES = { yes: [80], ask: [80, 80, 80], no: [500] };
let context;

/* Sound and shake the answer of a colour; a phone without either stays silent. */
export const play = (colour) => {
  navigator.vibrate?.(SHAKES[colour]);
  context ??= window.AudioContext ? new AudioContext() : undefined;
  if (!context) return;
  context.resume?.();
  for (const [pitch, after, length] of TONES[colour]) {
    const tone = context.createOscillator();
    const level = context.createGain();
    level.gain.value = 0.25;
    tone.frequency.value = pitch;
    tone.connect(level).connect(context.destination);
    tone.start(context.currentTime + after);
    tone.stop(context.currentTime + after + length);
  }
};
