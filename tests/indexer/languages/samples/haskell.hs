{-# LANGUAGE LambdaCase #-}

-- | Trees of values.
module Data.Tree.Search
  ( Tree (..)
  , insert
  ) where

import qualified Data.Map as Map

-- | A binary tree.
-- Kept sorted.
data Tree a
  = Leaf
  | Node { left :: Tree a, value :: a, right :: Tree a }
  deriving (Show, Eq)

newtype Forest a = Forest { trees :: [Tree a] }

type Path = [Direction]

-- | Things that can be measured.
class Measured f where
  -- | Its size.
  size :: f a -> Int
  size = const 0

instance Measured Tree where
  size Leaf = 0
  size (Node l _ r) = size l + 1 + size r

-- | Inserts a value.
insert :: Ord a => a -> Tree a -> Tree a
insert x Leaf = Node Leaf x Leaf
insert x t@(Node l v r)
  | x < v = t { left = insert x l }
  | otherwise = go r
  where
    go = insert x

{- | Folds from the left. -}
foldTree :: (b -> a -> b) -> b -> Tree a -> b
foldTree f z = \case
  Leaf -> z
  Node l v r -> foldTree f (f (foldTree f z l) v) r

(<+>) :: Tree a -> Tree a -> Tree a
Leaf <+> t = t
t <+> _ = t

limit = 10

main :: IO ()
main = mapM_ print (Map.toList index)
