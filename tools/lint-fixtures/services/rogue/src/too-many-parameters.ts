// violates eslint(max-params)
export const sum = (a: number, b: number, c: number, d: number, e: number) => a + b + c + d + e;
