#!/usr/bin/env node
/** Where the command line begins: it listens for signals before the rest is loaded, which takes a while on a busy file system. */
import './early-signals.js'

await import('./main.js')
