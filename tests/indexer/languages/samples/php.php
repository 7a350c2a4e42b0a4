<?php

declare(strict_types=1);

namespace App\Mail;

use App\Contracts\{Transport, Queue};

const RETRIES = 3;
define('MAIL_DEBUG', false);

/**
 * Sends mail.
 *
 * @internal
 */
#[Service]
final class Mailer extends Base implements Sender
{
    use Loggable;

    public const LIMIT = 10;
    private array $queue = [];
    public string $name { get => ucfirst($this->name); }

    public function __construct(private readonly Transport $transport) {}

    /** Sends one message. */
    #[Retry(3)]
    public function send(Message $message, ?int $limit = null): static
    {
        $sent = array_map(fn (Part $part) => $part->render(), $message->parts());
        Log::info('sent', [...$sent]);
        if ($message instanceof Draft) {
            throw new MailException('draft');
        }
        return $this->transport->deliver(new Envelope($message));
    }

    abstract protected static function make(): self;
}

interface Sender
{
    public function send(Message $message): static;
}

trait Loggable
{
    protected function log(string $text): void {}
}

enum Status: string
{
    case Sent = 'sent';

    public function label(): string
    {
        return match ($this) { self::Sent => 'Sent' };
    }
}

// Short way to send.
function mail_to(string $address): Message
{
    return new Message($address);
}
