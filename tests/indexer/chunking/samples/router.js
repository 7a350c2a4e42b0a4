/*!
 * A small router.
 * Licensed under the Apache License 2.0.
 */

'use strict';

const { parse } = require('node:url');
const METHODS = ['get', 'post', 'put', 'delete', 'patch'];

/**
 * Creates a router.
 *
 * @param {{strict?: boolean, mergeParams?: boolean}} options
 * @return {Router}
 * @public
 */

module.exports = function createRouter(options = {}) {
  const router = new Router(options);
  return (request, response, next) => router.handle(request, response, next);
};

/** One path pattern and the handlers behind it. */
class Layer {
  constructor(pattern, handlers) {
    this.pattern = pattern;
    this.handlers = handlers;
    this.keys = [];
    this.matcher = this.compile(pattern);
  }

  compile(pattern) {
    const source = pattern.replace(/:(\w+)/g, (_, key) => {
      this.keys.push(key);
      return '([^/]+)';
    });
    return new RegExp(`^${source}$`);
  }

  match(path) {
    const found = this.matcher.exec(path);
    if (!found) return null;
    return Object.fromEntries(this.keys.map((key, at) => [key, decodeURIComponent(found[at + 1])]));
  }
}

/** Dispatches requests to layers in the order in which they were added. */
class Router {
  constructor({ strict = false, mergeParams = false } = {}) {
    this.strict = strict;
    this.mergeParams = mergeParams;
    this.layers = [];
    this.params = new Map();
  }

  use(pattern, ...handlers) {
    this.layers.push(new Layer(pattern, handlers));
    return this;
  }

  /** Calls `callback` whenever a route has a parameter of this name. */
  param(name, callback) {
    const callbacks = this.params.get(name) ?? [];
    this.params.set(name, [...callbacks, callback]);
    return this;
  }

  handle(request, response, done) {
    const { pathname } = parse(request.url);
    const path = this.strict ? pathname : pathname.replace(/\/+$/, '') || '/';
    const queue = [];
    for (const layer of this.layers) {
      const params = layer.match(path);
      if (params === null) continue;
      const inherited = this.mergeParams ? request.params : {};
      queue.push({ layer, params: { ...inherited, ...params } });
    }

    let position = 0;
    const next = (error) => {
      if (error === 'router') return done();
      const entry = queue[position++];
      if (!entry) return done(error);
      request.params = entry.params;
      for (const [name, value] of Object.entries(entry.params)) {
        for (const callback of this.params.get(name) ?? []) {
          callback(request, response, value, name);
        }
      }
      return run(entry.layer.handlers, request, response, error, next);
    };

    if (request.method === 'OPTIONS' && queue.length > 0) {
      const allowed = new Set();
      for (const { layer } of queue) {
        for (const handler of layer.handlers) allowed.add(handler.method ?? 'GET');
      }
      response.setHeader('Allow', [...allowed].join(', '));
      response.statusCode = 204;
      return response.end();
    }

    if (request.method === 'HEAD') {
      // A body written by the handlers of GET is thrown away on the way out.
      const end = response.end.bind(response);
      response.write = () => true;
      response.end = () => end();
    }

    return next();
  }
}

/**
 * Runs handlers one after the other; a handler that takes four arguments is for errors.
 */
function run(handlers, request, response, error, done) {
  let position = 0;
  const step = (failure) => {
    const handler = handlers[position++];
    if (!handler) return done(failure);
    try {
      if (failure && handler.length === 4) return handler(failure, request, response, step);
      if (!failure && handler.length < 4) return handler(request, response, step);
    } catch (thrown) {
      return step(thrown);
    }
    return step(failure);
  };
  return step(error);
}

for (const method of METHODS) {
  Router.prototype[method] = function add(pattern, ...handlers) {
    return this.use(pattern, ...handlers.map((handler) => Object.assign(handler, { method })));
  };
}
