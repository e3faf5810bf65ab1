export { Ball } from './ball.ts';
export { implant, reachOf } from './implant.ts';
export { implantPlaces, positionOf } from './places.ts';
export { deviationRatio, peopleNeeded, transferOf } from './transfer.ts';
