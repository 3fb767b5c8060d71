// Preloaded into a process: its clock is ahead by CLOCK_AHEAD_MS, for tests of what happens by the time that goes by.
const Real = Date;
const ahead = Number(process.env['CLOCK_AHEAD_MS']);

globalThis.Date = class extends Real {
  constructor(...args) {
    if (args.length > 0) super(...args);
    else super(Real.now() + ahead);
  }

  static now() {
    return Real.now() + ahead;
  }
};
