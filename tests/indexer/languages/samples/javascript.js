#!/usr/bin/env node
'use strict'
/**
 * Module dependencies.
 * @private
 */

const http = require('node:http')
const debug = require('debug')('app:router')
import data from './data.json' with { type: 'json' }

/** Methods that carry no body. */
export const SAFE_METHODS = ['GET', 'HEAD']

// Routes by name.
// Filled by `add`.
const routes = {
  index: () => render('index'),
  async show(request) {
    return this.index() ?? (await load(request.params.id))
  },
  limit: 10,
}

/**
 * Wrap a handler so that it is called once.
 *
 * @param {Function} handler
 */
export default function once(handler) {
  let called = false
  const guard = (...args) => {
    called ||= true
    return handler(...args)
  }
  return guard
}

export class Router extends Base {
  static #count = 0
  handle = async (request) => dispatch(request)

  constructor(options = {}) {
    super(options)
    this.stack = new Map()
  }

  /** How many routers there are. */
  static get count() {
    return Router.#count
  }

  *[Symbol.iterator]() {
    yield* this.stack
  }
}

/**
 * Mount middleware.
 */

app.use = function use(fn) {
  setImmediate(function later() { fn() })
}
Router.prototype.close = function () { http.closeAll() }
exports.create = (options) => new Router(options)
module.exports.legacy = class Legacy {}
