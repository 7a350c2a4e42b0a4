#include <memory>
#include <vector>

#define API_VERSION 3

namespace shapes {

/// A point in the plane.
template <typename T>
struct Point {
  T x{}, y{};
  constexpr bool operator==(const Point& other) const = default;
};

/**
 * Anything that can be drawn.
 */
class Shape : public Node {
 public:
  explicit Shape(std::string name) : name_(std::move(name)) {}
  virtual ~Shape() = default;

  // Draws it.
  virtual void draw(Canvas& canvas) const = 0;
  static std::unique_ptr<Shape> load(const char* path);
  template <class F>
  void each(F&& visit) { visit(*this); }

  enum class Kind { Circle, Square };
  using Ptr = std::shared_ptr<Shape>;

 private:
  std::string name_;
};

enum Color : int { Red, Green };
typedef Point<double> Point2;

template <typename T>
concept Drawable = requires(T t) { t.draw(); };

namespace detail::impl {
inline int area(int w, int h) { return w * h; }
}  // namespace detail::impl

}  // namespace shapes

/// Reads a shape from disk.
std::unique_ptr<shapes::Shape> shapes::Shape::load(const char* path) {
  auto shape = std::make_unique<Circle>(path);
  auto log = [&](auto&& text) { return shape->print(text); };
  return shape;
}

template <>
Matrix<float>& Matrix<float>::operator+=(const Matrix<float>& other) {
  return *this;
}

std::ostream& operator<<(std::ostream& out, const Color& color) { return out; }

extern "C" {
int shapes_version(void) { return API_VERSION; }
}

constexpr int kLimit = 10;
