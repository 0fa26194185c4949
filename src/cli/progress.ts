import { Presets, SingleBar } from 'cli-progress';

export interface Progress {
  advance(): void;
  done(): void;
}

/** Lines that a log file gets instead of a moving bar. */
const STEPS = 4;

/** Shows on standard error how far a long task is: a bar on a terminal, a few plain lines elsewhere. */
export function startProgress(label: string, total: number): Progress {
  return process.stderr.isTTY ? movingBar(label, total) : plainLines(label, total);
}

function movingBar(label: string, total: number): Progress {
  const bar = new SingleBar({ format: `${label} {bar} {value}/{total} · {percentage} % · {eta_formatted} left`, hideCursor: true, stopOnComplete: false }, Presets.shades_classic);
  bar.start(total, 0);
  return { advance: () => bar.increment(), done: () => bar.stop() };
}

function plainLines(label: string, total: number): Progress {
  let value = 0;
  return {
    advance: () => {
      const before = Math.floor((value * STEPS) / total);
      value++;
      if (Math.floor((value * STEPS) / total) > before) process.stderr.write(`${label}: ${value} of ${total}\n`);
    },
    done: () => undefined,
  };
}
