// The README's first command: sets everything up and runs the main job on the demo lab.
import './demo.mjs';
