// violates typescript(no-floating-promises)
const save = async () => Promise.resolve(1);

export const forget = () => {
  save();
};
