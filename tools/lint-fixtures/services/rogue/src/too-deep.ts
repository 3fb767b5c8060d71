// violates eslint(max-depth)
export const deep = (a: number, b: number) => {
  if (a) {
    while (b) {
      for (const one of [a]) {
        if (one) {
          if (b > one) return one;
        }
      }
    }
  }
  return b;
};
