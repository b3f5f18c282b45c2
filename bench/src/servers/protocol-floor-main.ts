// The protocol floor, on the port that the argument names.
import { createProtocolFloor } from './protocol-floor.js';

createProtocolFloor().listen(Number(process.argv[2]), '127.0.0.1');
