// Placeholder shapes; the graph's author replaces them in the first commit of the graph.
export type ForwardProgram = object;
export type TrainingProgram = object;
