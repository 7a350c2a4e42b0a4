# frozen_string_literal: true

require "set"

# Mail and its parts.
module Mailer
  VERSION = "1.2"
  Error = Class.new(StandardError)

  # A message.
  #
  # Immutable.
  class Message < Base
    include Comparable
    attr_reader :subject, :body

    # @param subject [String]
    def initialize(subject:, body: nil)
      @subject = subject
      @body = Body.new(body)
    end

    def self.parse(text)
      new(**Parser.call(text))
    end

    class << self
      # Sends it now.
      def deliver!(message, &block) = transport.send_mail(message, &block)
    end

    def <=>(other) = subject <=> other.subject

    def empty?
      body.nil?
    end

    private

    def headers
      @headers ||= build_headers { |name| name.downcase }
    end
  end
end

class Mailer::Queue
  Job = Struct.new(:id, :message) do
    def run = Mailer.deliver(message)
  end

  define_method(:size) { @jobs.size }
  scope :recent, -> { order(:id) }
  alias_method :length, :size
  alias count size
  def_delegators :@jobs, :push, :pop
end

# Top-level helper.
def main
  puts Mailer::Message.parse(ARGF.read)
end
