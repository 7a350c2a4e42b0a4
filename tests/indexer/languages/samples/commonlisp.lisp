;;;; Queues.
(defpackage :queue (:use :cl))
(in-package :queue)

(defparameter *limit* 10 "Most items.")

;; A queue of items.
(defclass queue ()
  ((items :initform nil :accessor items)))

(defun enqueue (queue item)
  "Adds ITEM to QUEUE."
  (when (< (length (items queue)) *limit*)
    (push item (items queue))))

(defmacro with-queue ((name) &body body)
  `(let ((,name (make-instance 'queue))) ,@body))

(defmethod size ((queue queue))
  (length (items queue)))
