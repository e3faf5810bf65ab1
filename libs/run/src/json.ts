export { writeJson } from '@oinr/files';
