/** Text that people chose, such as a customer's name: it keeps its own direction, whatever stands around it. */
export const Name = ({ of }: { of: string }) => <bdi>{of}</bdi>;
