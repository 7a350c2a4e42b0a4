;;; person.el --- What a person does in Emacs, and what comes of it, as a JSON document  -*- lexical-binding: t -*-
;; Takes its arguments from the environment: PERSON_FILE and PERSON_NAME, a name to point at; PERSON_QUESTION, for the
;; search; PERSON_UNDOCUMENTED, a definition without a doc comment; PERSON_OUTPUT, where to write what came of it.
;; Must not know what a test expects.

(require 'eglot)
(require 'json)

(defconst person-wait-s (string-to-number (getenv "PERSON_WAIT_S")))
(setq eglot-sync-connect person-wait-s eglot-connect-timeout person-wait-s)

(defun person-wait (what holds)
  "Wait until HOLDS gives something, and give it; WHAT says what is waited for."
  (let ((deadline (+ (float-time) person-wait-s)) found)
    (while (not (setq found (funcall holds)))
      (when (> (float-time) deadline) (error "After %d s there is still no %s" person-wait-s what))
      (accept-process-output nil 0.02))
    found))

(defun person-point-at (text)
  "Put the cursor into the first place where TEXT stands."
  (goto-char (point-min))
  (search-forward text)
  (goto-char (1+ (match-beginning 0))))

(defun person-hover ()
  "What Emacs shows of what the cursor is on."
  (person-wait "hover" (lambda ()
    (let (shown)
      (eglot-hover-eldoc-function (lambda (text &rest _) (setq shown text)))
      (person-wait "answer" (lambda () (or shown (progn (accept-process-output nil 0.2) 'none))))
      (and (stringp shown) (substring-no-properties shown))))))

(defun person-search (query)
  "What Emacs lists for QUERY, as places."
  (person-wait "symbols" (lambda ()
    (mapcar (lambda (item)
              (let ((place (xref-item-location item)))
                `((path . ,(xref-location-group place))
                  (line . ,(xref-location-line place))
                  (text . ,(substring-no-properties (xref-item-summary item))))))
            (xref-backend-apropos 'eglot query)))))

(defun person-actions ()
  "What can be done where the cursor is."
  (eglot-code-actions (point) (point)))

(defun person-title (action) (plist-get action :title))

(defun person-take (title)
  "Do what the code action of that TITLE does."
  (let ((action (seq-find (lambda (action) (equal (person-title action) title)) (person-actions))))
    (unless action (error "No action is called %s" title))
    (eglot-execute (eglot-current-server) action)))

(defun person-document ()
  "The document that the server has shown, once it is there."
  (person-wait "document" (lambda ()
    (let ((buffer (seq-find (lambda (buffer) (string-suffix-p ".md" (or (buffer-file-name buffer) "")))
                            (buffer-list))))
      (and buffer (with-current-buffer buffer (buffer-string)))))))

(let (told)
  (find-file (getenv "PERSON_FILE"))
  (let ((file (current-buffer)))
    (apply #'eglot (eglot--guess-contact))
    (push `(encoding . ,(plist-get (eglot--capabilities (eglot-current-server)) :positionEncoding)) told)
    (person-wait "index" (lambda ()
      (let ((status (jsonrpc-request (eglot-current-server) :scholiast/status #s(hash-table))))
        (and (equal (plist-get status :state) "ready") (> (plist-get status :files) 0)))))
    (person-point-at (getenv "PERSON_NAME"))
    (push `(hover . ,(person-hover)) told)
    (push `(symbols . ,(vconcat (person-search (getenv "PERSON_QUESTION")))) told)
    (push `(actions . ,(vconcat (mapcar #'person-title (person-actions)))) told)
    (person-take "Explain this")
    (push `(document . ,(person-document)) told)
    (switch-to-buffer file)
    (person-point-at (getenv "PERSON_UNDOCUMENTED"))
    (let ((before (buffer-string)))
      (person-take "Document this")
      (person-wait "change" (lambda () (not (equal before (buffer-string))))))
    (push `(text . ,(buffer-string)) told)
    (set-buffer-modified-p nil)
    (eglot-shutdown (eglot-current-server)))
  (let ((coding-system-for-write 'no-conversion))  ; what is serialized is UTF-8 already
    (write-region (json-serialize told) nil (getenv "PERSON_OUTPUT"))))
;;; person.el ends here
