/** Times to live that a script of less than two seconds never meets the edge of, and the sleep past the short one, in one or in two, ms. */
export const times = { short: 3000, long: 600_000, sleep: 4000, naps: [1500, 2500] };
